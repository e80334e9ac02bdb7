/** What the scaler costs and how fast it is, measured from outside. */
package io.github.redissessionscaler.benchmarks;
