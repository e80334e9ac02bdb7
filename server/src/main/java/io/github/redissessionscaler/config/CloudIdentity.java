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

    /**
     * A principal of Microsoft Entra ID.
     *
     * @param user of Redis; if empty, the object ID of the principal, which is in the token
     */
    record Azure(Optional<String> user, AzureCredentials credentials) implements CloudIdentity {
        @Override
        public String description() {
            return "Entra ID";
        }

        @Override
        public String whenRefused() {
            return "check that Entra authentication is on, and that the object ID of the principal is among the users"
                    + " of the cache";
        }
    }

    /** How a principal proves itself to Entra ID. */
    sealed interface AzureCredentials {

        /**
         * By a token of the Kubernetes service account.
         *
         * @param authority of Entra ID
         */
        record Workload(URI authority, String tenant, String client, Path token) implements AzureCredentials {}

        /** By a secret. */
        record Principal(URI authority, String tenant, String client, Secret secret) implements AzureCredentials {}

        /**
         * By the machine.
         *
         * @param endpoint of the instance metadata service
         * @param client which of the machine's identities; empty if it has one
         */
        record Managed(URI endpoint, Optional<String> client) implements AzureCredentials {}
    }

    /** A service account of Google Cloud, or a principal that acts as one. */
    record Google(String user, GoogleCredentials credentials) implements CloudIdentity {
        @Override
        public String description() {
            return "Google IAM";
        }

        @Override
        public String whenRefused() {
            return "check that IAM authentication is on, and that the service account has the role of a database"
                + " connection user of the cache (roles/redis.dbConnectionUser or roles/memorystore.dbConnectionUser)";
        }
    }

    /** Where Google's tokens come from. */
    sealed interface GoogleCredentials {

        /** The metadata server of the machine or of GKE. */
        record Metadata(URI endpoint) implements GoogleCredentials {}

        /** A file of credentials: a service account's key, workload identity federation, or a user's. */
        record InFile(Path path) implements GoogleCredentials {}
    }
}
