package io.github.redissessionscaler.keyspace;

/** A read of Redis failed. The message is for an operator and contains no secret. */
public final class KeyspaceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why the read failed. */
    public enum Reason {
        UNREACHABLE(false),
        TIMEOUT(false),
        DNS(false),
        TLS(false),
        LOADING(false),
        MASTERDOWN(false),
        CLUSTERDOWN(false),
        READONLY(false),
        OUT_OF_MEMORY(false),
        BUSY(false),
        MAX_CLIENTS(false),
        NOAUTH(true),
        WRONGPASS(true),
        /** A token service gives no token for Redis. */
        IDENTITY(false),
        NOPERM(true),
        WRONGTYPE(true),
        NOT_A_NUMBER(true),
        /** The server cannot give it, as it is configured. */
        UNSUPPORTED(true),
        OTHER(false),
        /** The first count is not finished; Redis is available. */
        NOT_COUNTED(false),
        /** An internal error of the scaler. */
        INTERNAL(false);

        private final boolean permanent;

        Reason(boolean permanent) {
            this.permanent = permanent;
        }

        /** Whether Redis is available and only this read failed. */
        public boolean redisAvailable() {
            return switch (this) {
                case NOPERM, WRONGTYPE, NOT_A_NUMBER, UNSUPPORTED, OTHER, NOT_COUNTED, INTERNAL -> true;
                default -> false;
            };
        }

        /** Whether the cause is not Redis, so that no outage policy applies and an error is returned. */
        public boolean internal() {
            return this == NOT_COUNTED || this == INTERNAL;
        }

        /** Whether Redis rejects the scaler's user or password. */
        public boolean unauthenticated() {
            return this == NOAUTH || this == WRONGPASS;
        }

        /** Whether only this read fails, until a permission or the data changes. */
        public boolean isPermanentReadError() {
            return redisAvailable() && permanent;
        }

        /** Whether it persists until a setting or the data changes. */
        public boolean permanent() {
            return permanent;
        }
    }

    private final Reason reason;

    public KeyspaceException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public KeyspaceException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
