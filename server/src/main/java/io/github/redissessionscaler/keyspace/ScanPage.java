package io.github.redissessionscaler.keyspace;

import java.util.List;

/**
 * The reply to one SCAN.
 *
 * @param cursor of the next page; {@code "0"} after the last
 * @param keys may be empty, even before the last page; may contain keys of another page
 */
public record ScanPage(String cursor, List<byte[]> keys) {}
