/** The arithmetic and the loop of the HorizontalPodAutoscaler, as pure code. The caller has the clock. */
@NullMarked
package io.github.redissessionscaler.hpa;

import org.jspecify.annotations.NullMarked;
