/** The arithmetic of the Horizontal Pod Autoscaler, pure. */
@NullMarked
package io.github.redissessionscaler.hpa;

import org.jspecify.annotations.NullMarked;
