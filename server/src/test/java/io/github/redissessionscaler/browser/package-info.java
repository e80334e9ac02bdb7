/** The status page as a browser shows it. */
@NullMarked
package io.github.redissessionscaler.browser;

import org.jspecify.annotations.NullMarked;
