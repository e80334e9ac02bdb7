/** What the Kubernetes API says about the ScaledObjects, as far as the scaler reads it. */
@NullMarked
package io.github.redissessionscaler.observed;

import org.jspecify.annotations.NullMarked;
