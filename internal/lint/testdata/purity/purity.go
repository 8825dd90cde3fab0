// Package purity does what a pure package may not do.
package purity

import (
	"fmt"
	"maps" // want: does not import maps
	"math" // want: does not import math
	"os"   // want: does not import os
	"slices"
	"strconv"
	"sync" // want: does not import sync
	"time" // want: does not import time
)

type price float64 // want: no float

type parcel struct {
	weight float32 // want: no float
	mu     sync.Mutex
}

func clock() time.Time { return time.Now() }

func concurrent() int {
	done := make(chan int) // want: no channel
	go func() {            // want: no goroutine
		done <- 1 // want: no channel
	}()
	select { // want: no select
	case n := <-done: // want: no channel
		return n
	}
}

func ranges(m map[string]int) (n int) {
	for _, v := range m { // want: range over a map
		n += v
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		n += len(k)
	}
	return n
}

func rangesGeneric[M ~map[string]int](m M) (n int) {
	for range m { // want: range over a map
		n++
	}
	return n
}

func rangesSlice(s []int) (n int) {
	for _, v := range s {
		n += v
	}
	return n
}

func floats(s string) bool {
	f, err := strconv.ParseFloat(s, 64) // want: no float
	ok := f == 0                        // want: no float
	half := 1 / 2
	third := 1.0 / 3                                               // want: no float
	_ = third                                                      // want: no float
	return ok && err == nil && half == 0 && int(math.Sqrt(4)) == 2 // want: no float
}

func outside() {
	fmt.Println(os.Args)     // want: no fmt.Println
	_ = fmt.Sprintf("%d", 1) // a pure use of fmt
	_ = price(1)             // want: no float
	_ = parcel{}             // names no float itself
	_ = []func(){outside, func() { concurrent() }}
	_, _, _, _ = clock, floats, ranges, rangesSlice
	_ = rangesGeneric[map[string]int]
}
