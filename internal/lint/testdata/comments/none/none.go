package none // want: package none has no package comment
