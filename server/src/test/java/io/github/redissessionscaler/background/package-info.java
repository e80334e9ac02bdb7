@NullMarked
package io.github.redissessionscaler.background;

import org.jspecify.annotations.NullMarked;
