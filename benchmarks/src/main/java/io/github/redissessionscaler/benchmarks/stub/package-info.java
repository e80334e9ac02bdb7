/** A database for the benchmarks that need no server. */
package io.github.redissessionscaler.benchmarks.stub;
