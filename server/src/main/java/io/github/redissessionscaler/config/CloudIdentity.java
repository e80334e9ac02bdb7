package io.github.redissessionscaler.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** The identity of a cloud service that the scaler proves to Redis with short-lived tokens, in place of a password. */
public sealed interface CloudIdentity {

    /** A short text for messages, without a secret. */
    String description();

    /** What to check if Redis refuses the token, a clause. */
    String whenRefused();

    /** An AWS service that accepts IAM tokens. The name is also the one that requests are signed for. */
    enum AwsService {
        ELASTICACHE,
        MEMORYDB
    }

    /**
     * An AWS IAM role or user.
     *
     * @param cache name of the replication group, serverless cache or MemoryDB cluster
     * @param user of Redis, with authentication by IAM
     * @param serverless whether it is a serverless cache
     */
    record Aws(
            AwsService service,
            String region,
            String cache,
            String user,
            boolean serverless,
            AwsCredentials credentials)
            implements CloudIdentity {
        @Override
        public String description() {
            return "AWS IAM for the cache " + cache;
        }

        @Override
        public String whenRefused() {
            return "check region, cache and user of its identity, that the user authenticates by IAM and belongs to the"
                    + " cache, and that the role may call %s:Connect for both"
                            .formatted(service == AwsService.MEMORYDB ? "memorydb" : "elasticache");
        }
    }

    /** Where the keys that sign AWS tokens come from. */
    sealed interface AwsCredentials {

        /** Fixed keys. */
        record Keys(Secret accessKey, Secret secretKey, Optional<Secret> sessionToken) implements AwsCredentials {}

        /**
         * A role, by a token of the Kubernetes service account (IRSA).
         *
         * @param endpoint of the security token service
         */
        record WebIdentity(URI endpoint, String role, String sessionName, Path token) implements AwsCredentials {}

        /**
         * A local endpoint of EKS Pod Identity or ECS.
         *
         * @param authorization for the endpoint
         */
        record Container(URI endpoint, Optional<Secret> authorization) implements AwsCredentials {}

        /** The instance metadata service, version 2. */
        record Instance(URI endpoint) implements AwsCredentials {}
    }
}
