/** The Redis permissions that a trigger needs, and those that its user lacks. */
@NullMarked
package io.github.redissessionscaler.acl;

import org.jspecify.annotations.NullMarked;
