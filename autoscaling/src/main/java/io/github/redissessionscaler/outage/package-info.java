/** What a trigger reports while Redis is unavailable. */
@NullMarked
package io.github.redissessionscaler.outage;

import org.jspecify.annotations.NullMarked;
