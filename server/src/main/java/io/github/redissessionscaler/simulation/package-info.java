/** A load curve through what KEDA and the HPA make of it. */
@NullMarked
package io.github.redissessionscaler.simulation;

import org.jspecify.annotations.NullMarked;
