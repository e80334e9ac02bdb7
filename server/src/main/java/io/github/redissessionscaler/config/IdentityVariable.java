package io.github.redissessionscaler.config;

/** An environment variable that a cloud service, or its own libraries, use for the identity of a pod. */
public enum IdentityVariable {
    AWS_ACCESS_KEY_ID,
    AWS_CONTAINER_AUTHORIZATION_TOKEN,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
    AWS_CONTAINER_CREDENTIALS_FULL_URI,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
    AWS_DEFAULT_REGION,
    AWS_EC2_METADATA_SERVICE_ENDPOINT,
    AWS_ENDPOINT_URL_STS,
    AWS_REGION,
    AWS_ROLE_ARN,
    AWS_ROLE_SESSION_NAME,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
    AWS_WEB_IDENTITY_TOKEN_FILE
}
