package purity // want: a build constraint
