/** What KEDA and the Horizontal Pod Autoscaler make of a metric: pure arithmetic, driven by whoever has the clock. */
@NullMarked
package io.github.redissessionscaler.hpa;

import org.jspecify.annotations.NullMarked;
