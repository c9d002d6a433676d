/** What a host of a given form is signed for. */
export interface HostRule {
  /** What stands in front of the domain name; `host-pattern.ts` says how it is read. */
  readonly pattern: string
  /** Signing name; undefined where the host takes no signature of AWS's. */
  readonly service: string | undefined
  /** A region, where the host names none; `any` where it serves each and names none; `*` for SigV4a in all of them. */
  readonly region: string | undefined
  /** Where the rule is only for one path, or for those below it when it ends in `/`. */
  readonly path: string | undefined
}

/**
 * Hosts that the service table cannot explain by its words: S3's, and those of single resources (a queue, a cluster, a device
 * gateway), which no endpoint rule names. `PATTERN SERVICE [REGION] [PATH]`, without the domain name (`amazonaws.com`, `api.aws`,
 * `on.aws`) and the marks of FIPS and dual stack; the first that fits counts. Rows of text, because they cost a start less than
 * objects. Sources: S3's endpoint rules in botocore, the pages of the services, and for the rest
 * https://docs.aws.amazon.com/general/latest/gr/rande.html.
 */
export const awsHostRows: readonly string[] = [
  // S3: everything in front is a bucket, whatever it looks like; path style has nothing in front.
  '**.s3 s3 any',
  '**.s3.{region} s3',
  '**.s3-accelerate s3 any',
  '**.s3-external-1 s3 us-east-1',
  '**.accesspoint.s3-global s3 *',
  '**.s3-website.{region} -',
  '**.s3-website-{region} -',
  '**.s3-{region} s3',
  '**.s3-accesspoint.{region} s3',
  '**.s3express-control.{region} s3express',
  '**.s3express-{any}.{region} s3express',

  // Global endpoints of several regions.
  '+.endpoint.events events *',
  '+.endpoints.email ses *',
  '**.cloudfront-kvs cloudfront-keyvaluestore *',

  // One host, two services: the path tells them apart. The credentials provider and Greengrass want a client certificate.
  '+.iot.{region} iotdevicegateway /mqtt',
  '+.credentials.iot.{region} -',
  'greengrass-ats.iot.{region} -',
  '+.jobs.iot.{region} iot-jobs-data',
  '{any}.iot.{region} iotdata',
  'maps.geo.{region} geo /maps/v0/',
  'places.geo.{region} geo /places/v0/',
  'routes.geo.{region} geo /routes/v0/',
  'cp.{any}.geo.{region} geo',

  // Package and image registries take tokens, not signatures.
  '+.dkr.ecr.{region} -',
  '+.dkr-ecr.{region} -',
  '+.d.codeartifact.{region} -',

  '+.lambda-url.{region} lambda',
  '+.appsync-api.{region} appsync',
  '+.appsync-realtime-api.{region} appsync',
  '+.vpc-lattice-svcs.{region} vpc-lattice-svcs',
  '**.aps-workspaces.{region} aps',
  '**.bedrock-mantle.{region} bedrock-mantle',
  '**.transcribestreaming.{region} transcribe',
  '**.emr-serverless-services.{region} emr-serverless',
  '**.git-codecommit.{region} codecommit',
  'streaming-logs.{region} logs',
  'mturk-requester-sandbox.{region} mturk-requester',
  '+.ddb.{region} dynamodb',
  '+.data-kinesis.{region} kinesis',
  '+.control-kinesis.{region} kinesis',
  '**.dsql-{any}.{region} dsql',
  '+.{region}.neptune neptune-db',
  '+.{region}.rds rds-db',

  // Older than the usual form of hosts.
  '{region}.queue sqs',
  'queue sqs us-east-1',
  // https://docs.aws.amazon.com/general/latest/gr/emr.html: the account's age decides between us-east-1 and us-west-2.
  'elasticmapreduce elasticmapreduce',
]

/** The rules that may fit a host whose last label that is no region is this one: they hold its first word. */
export function awsRulesFor(label: string): readonly HostRule[] {
  const [word = ''] = label.split('-')
  return awsHostRows.filter((row) => row.includes(word)).map(parseRow)
}

function parseRow(row: string): HostRule {
  const [pattern = '', service, ...rest] = row.split(' ')
  return {
    pattern,
    service: service === '-' ? undefined : service,
    region: rest.find((column) => !column.startsWith('/')),
    path: rest.find((column) => column.startsWith('/')),
  }
}
