/** The configuration of the server, read and checked. */
@NullMarked
package io.github.redissessionscaler.config;

import org.jspecify.annotations.NullMarked;
