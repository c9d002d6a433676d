/**
 * The SDK's parts for what AWS hands out by protocols of its own, a bundle of its own because it is large: loaded only
 * where a source needs it. Each is asked by itself, never the SDK's chain, which goes on to other identities. They read
 * HOME, AWS_LOGIN_CACHE_DIRECTORY, AWS_EC2_METADATA_SERVICE_ENDPOINT and the endpoint variables of their services from
 * the process's own environment.
 */
export { fromHttp, fromInstanceMetadata, fromLoginCredentials, fromSSO } from '@aws-sdk/credential-providers'
