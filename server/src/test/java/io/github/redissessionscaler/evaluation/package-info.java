@NullMarked
package io.github.redissessionscaler.evaluation;

import org.jspecify.annotations.NullMarked;
