/** The port to Redis: the reads that the scaler needs of a database. */
@NullMarked
package io.github.redissessionscaler.keyspace;

import org.jspecify.annotations.NullMarked;
