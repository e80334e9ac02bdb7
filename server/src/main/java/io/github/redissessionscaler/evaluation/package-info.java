/** Evaluates triggers: value, activity and target. */
@NullMarked
package io.github.redissessionscaler.evaluation;

import org.jspecify.annotations.NullMarked;
