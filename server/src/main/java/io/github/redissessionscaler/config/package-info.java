/** The configuration of the server, loaded and checked. */
@NullMarked
package io.github.redissessionscaler.config;

import org.jspecify.annotations.NullMarked;
