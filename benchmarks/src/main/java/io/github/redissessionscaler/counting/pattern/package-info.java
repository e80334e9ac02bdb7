/** Benchmarks of what only this package sees. */
package io.github.redissessionscaler.counting.pattern;
