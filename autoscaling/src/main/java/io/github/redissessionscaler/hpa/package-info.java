/** Simulates the HorizontalPodAutoscaler: its formula and its loop. Callers supply the time. */
@NullMarked
package io.github.redissessionscaler.hpa;

import org.jspecify.annotations.NullMarked;
