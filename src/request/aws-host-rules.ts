/** What a host of a given form is signed for; `host-pattern.ts` says how patterns are read. */
export interface HostRule {
  /** What stands in front of the domain name (`amazonaws.com`, `api.aws`, `on.aws`), without marks of FIPS and dual stack. */
  readonly pattern: string
  /** Signing name; left out where the host takes no signature of AWS's. */
  readonly service?: string
  /** Fixed, where the host names none. */
  readonly region?: string
  /** The host serves every region and names none. */
  readonly regionless?: true
  /** SigV4a for all regions. */
  readonly multiRegion?: true
  /** The rule is only for such paths. */
  readonly path?: RegExp
}

/**
 * Hosts that the service table cannot explain by its words: S3's, and those of single resources (a queue, a cluster, a device
 * gateway), which no endpoint rule names. The first rule that fits counts. Sources: S3's endpoint rules in botocore, the pages
 * of the services, and for the rest https://docs.aws.amazon.com/general/latest/gr/rande.html.
 */
export const awsHostRules: readonly HostRule[] = [
  // S3: everything in front is a bucket, whatever it looks like; path style has nothing in front.
  { pattern: '**.s3', service: 's3', regionless: true },
  { pattern: '**.s3-accelerate', service: 's3', regionless: true },
  { pattern: '**.s3-external-1', service: 's3', region: 'us-east-1' },
  { pattern: '**.accesspoint.s3-global', service: 's3', multiRegion: true },
  { pattern: '**.s3-website.{region}' },
  { pattern: '**.s3-website-{region}' },
  { pattern: '**.s3.{region}', service: 's3' },
  { pattern: '**.s3-{region}', service: 's3' },
  { pattern: '**.s3-accesspoint.{region}', service: 's3' },
  { pattern: '**.s3express-control.{region}', service: 's3express' },
  { pattern: '**.s3express-{any}.{region}', service: 's3express' },

  // Global endpoints of several regions.
  { pattern: '+.endpoint.events', service: 'events', multiRegion: true },
  { pattern: '+.endpoints.email', service: 'ses', multiRegion: true },
  { pattern: '**.cloudfront-kvs', service: 'cloudfront-keyvaluestore', multiRegion: true },

  // One host, two services: the path tells them apart.
  { pattern: '+.iot.{region}', path: /^\/mqtt$/, service: 'iotdevicegateway' },
  { pattern: 'maps.geo.{region}', path: /^\/maps\/v0\//, service: 'geo' },
  { pattern: 'places.geo.{region}', path: /^\/places\/v0\//, service: 'geo' },
  { pattern: 'routes.geo.{region}', path: /^\/routes\/v0\//, service: 'geo' },
  { pattern: 'cp.{any}.geo.{region}', service: 'geo' },

  // Devices: the credentials provider and Greengrass want a client certificate.
  { pattern: '+.credentials.iot.{region}' },
  { pattern: 'greengrass-ats.iot.{region}' },
  { pattern: '+.jobs.iot.{region}', service: 'iot-jobs-data' },
  { pattern: '{any}.iot.{region}', service: 'iotdata' },

  // Package and image registries take tokens, not signatures.
  { pattern: '+.dkr.ecr.{region}' },
  { pattern: '+.dkr-ecr.{region}' },
  { pattern: '+.d.codeartifact.{region}' },

  { pattern: '+.lambda-url.{region}', service: 'lambda' },
  { pattern: '+.appsync-api.{region}', service: 'appsync' },
  { pattern: '+.appsync-realtime-api.{region}', service: 'appsync' },
  { pattern: '+.vpc-lattice-svcs.{region}', service: 'vpc-lattice-svcs' },
  { pattern: '**.aps-workspaces.{region}', service: 'aps' },
  { pattern: '**.bedrock-mantle.{region}', service: 'bedrock-mantle' },
  { pattern: '**.transcribestreaming.{region}', service: 'transcribe' },
  { pattern: '**.emr-serverless-services.{region}', service: 'emr-serverless' },
  { pattern: '**.git-codecommit.{region}', service: 'codecommit' },
  { pattern: 'mturk-requester-sandbox.{region}', service: 'mturk-requester' },
  { pattern: '+.ddb.{region}', service: 'dynamodb' },
  { pattern: '+.data-kinesis.{region}', service: 'kinesis' },
  { pattern: '+.control-kinesis.{region}', service: 'kinesis' },
  { pattern: '**.dsql-{any}.{region}', service: 'dsql' },
  { pattern: '+.{region}.neptune', service: 'neptune-db' },
  { pattern: '+.{region}.rds', service: 'rds-db' },

  // Older than the usual form of hosts.
  { pattern: '{region}.queue', service: 'sqs' },
  { pattern: 'queue', service: 'sqs', region: 'us-east-1' },
  // https://docs.aws.amazon.com/general/latest/gr/emr.html: the account's age decides between us-east-1 and us-west-2.
  { pattern: 'elasticmapreduce', service: 'elasticmapreduce' },
]
