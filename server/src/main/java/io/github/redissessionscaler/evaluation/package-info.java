/** From a trigger to its value, its activity and its target. */
@NullMarked
package io.github.redissessionscaler.evaluation;

import org.jspecify.annotations.NullMarked;
