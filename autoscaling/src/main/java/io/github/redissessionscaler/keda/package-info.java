/** What KEDA does between a scaler and the HPA, as pure code. The caller has the clock. */
@NullMarked
package io.github.redissessionscaler.keda;

import org.jspecify.annotations.NullMarked;
