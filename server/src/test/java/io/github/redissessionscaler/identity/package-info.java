@NullMarked
package io.github.redissessionscaler.identity;

import org.jspecify.annotations.NullMarked;
