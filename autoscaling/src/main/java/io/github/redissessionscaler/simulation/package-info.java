/** A load curve run through KEDA and the HPA. */
@NullMarked
package io.github.redissessionscaler.simulation;

import org.jspecify.annotations.NullMarked;
