package io.github.redissessionscaler.keyspace;

/** Redis did not give the answer. The message is for an operator and holds no secret. */
public final class KeyspaceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why not. */
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
        NOPERM(true),
        WRONGTYPE(true),
        NOT_A_NUMBER(true),
        OTHER(false),
        /** The first count has not ended yet; Redis is well. */
        NOT_COUNTED(false),
        /** The scaler itself has failed. */
        INTERNAL(false);

        private final boolean permanent;

        Reason(boolean permanent) {
            this.permanent = permanent;
        }

        /** Whether Redis is well and serves others, so that what was asked is to blame. */
        public boolean answered() {
            return switch (this) {
                case NOPERM, WRONGTYPE, NOT_A_NUMBER, OTHER, NOT_COUNTED, INTERNAL -> true;
                default -> false;
            };
        }

        /** Whether it says nothing about Redis, so that no outage policy applies: the answer is an error. */
        public boolean ours() {
            return this == NOT_COUNTED || this == INTERNAL;
        }

        /** Whether Redis does not accept the scaler's user or password. */
        public boolean unauthenticated() {
            return this == NOAUTH || this == WRONGPASS;
        }

        /** Whether Redis serves other reads, and this one fails until somebody changes a permission or the data. */
        public boolean concernsTheRead() {
            return answered() && permanent;
        }

        /** Whether it stays until somebody changes a setting or the data. */
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
