/** What is computed, without a Redis and without a network, by JMH. */
package io.github.redissessionscaler.benchmarks.computed;
