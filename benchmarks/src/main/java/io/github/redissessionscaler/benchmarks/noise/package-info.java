/** How much an estimate changes by chance, on a simulated server. */
package io.github.redissessionscaler.benchmarks.noise;
