/** Simulates what KEDA does between a scaler and the HPA. Callers supply the time. */
@NullMarked
package io.github.redissessionscaler.keda;

import org.jspecify.annotations.NullMarked;
