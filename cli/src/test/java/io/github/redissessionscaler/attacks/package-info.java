/** Attacks of a stranger on a running scaler, with an honest client beside them. */
@NullMarked
package io.github.redissessionscaler.attacks;

import org.jspecify.annotations.NullMarked;
