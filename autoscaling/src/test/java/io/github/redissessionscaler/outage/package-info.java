/** Tests of the outage rules. */
@NullMarked
package io.github.redissessionscaler.outage;

import org.jspecify.annotations.NullMarked;
