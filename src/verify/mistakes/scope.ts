import { parseLongDate, signingTime } from '../../sign/signing-time.ts'
import type { ScopeDraft } from '../signing-draft.ts'
import { changeKey, changeScope, type Mistake, type SearchedSituation, type Variant } from './mistake.ts'

export const scopeMistakes: readonly Mistake[] = [
  {
    id: 'wrong-region',
    likelihood: 64,
    cause: 'the signature is for another region than the one it has to be for',
    fix: "sign for the region of the endpoint, and use the same region in the scope and in the key's derivation",
    variants: ({ base, expectation }) =>
      base.algorithm === 'sigv4a'
        ? []
        : [...new Set([expectation.region?.value, ...regions])].flatMap((region) =>
            region === undefined || region === base.scope.region ? [] : otherScope('region', region),
          ),
  },
  {
    id: 'wrong-service',
    likelihood: 64,
    cause: 'the signature is for another service than the one it has to be for',
    fix: "sign with the service's signing name, the same in the scope and in the key's derivation",
    variants: ({ base, expectation }) =>
      [...new Set([expectation.service?.value, ...services])].flatMap((service) =>
        service === undefined || service === base.scope.service ? [] : otherScope('service', service),
      ),
  },
  {
    id: 'scope-date',
    likelihood: 62,
    cause: 'the scope is of another day than the signing time',
    fix: 'take the day of the scope from the same UTC time that X-Amz-Date says',
    variants: (situation) => otherDays(situation).flatMap((date) => otherScope('date', date)),
  },
]

/** Regions that people sign for by habit, by a default, or by another tool's word for "any". */
const regions = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'ca-west-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ap-south-1',
  'ap-south-2',
  'ap-east-1',
  'sa-east-1',
  'me-south-1',
  'me-central-1',
  'af-south-1',
  'il-central-1',
  'mx-central-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'cn-north-1',
  'cn-northwest-1',
  'auto',
  'default',
  'us-standard',
  'aws-global',
  '',
]

/** Signing names that are mistaken for one another. */
const services = [
  's3',
  's3express',
  's3-object-lambda',
  's3-outposts',
  'execute-api',
  'apigateway',
  'lambda',
  'dynamodb',
  'sts',
  'iam',
  'ec2',
  'es',
  'aoss',
  'sqs',
  'sns',
  'ses',
  'email',
  'kinesis',
  'firehose',
  'logs',
  'monitoring',
  'cloudwatch',
  'events',
  'states',
  'kms',
  'secretsmanager',
  'ssm',
  'ecr',
  'ecs',
  'eks',
  'rds',
  'rds-db',
  'rds-data',
  'neptune-db',
  'elasticache',
  'appsync',
  'iotdata',
  'iotdevicegateway',
  'iot',
  'bedrock',
  'bedrock-runtime',
  'bedrock-agent',
  'sagemaker',
  'transcribe',
  'polly',
  'translate',
  'comprehend',
  'rekognition',
  'textract',
  'cognito-idp',
  'cognito-identity',
  'cloudfront',
  'route53',
  'glacier',
  'athena',
  'glue',
  'redshift',
  'kafka-cluster',
  'aps',
  'grafana',
  'codecommit',
  'vpc-lattice-svcs',
  'service',
  'host',
  'aws',
  '',
]

/** The key alone derived for another value, or also the string to sign made with it. */
function otherScope(part: keyof ScopeDraft, value: string): readonly Variant[] {
  const shown = value === '' ? 'nothing' : `'${value}'`
  return [
    {
      detail: `the key was derived for the ${part} ${shown}`,
      apply: changeKey({ steps: (scope) => stepsOf({ ...scope, [part]: value }) }),
    },
    { detail: `key and string to sign were made for the ${part} ${shown}`, apply: changeScope({ [part]: value }) },
  ]
}

function stepsOf({ date, region, service }: ScopeDraft): readonly string[] {
  return [date, region, service, 'aws4_request']
}

function otherDays({ base }: SearchedSituation): readonly string[] {
  const time = parseLongDate(base.date)
  const own = time ?? parseLongDate(`${base.scope.date}T000000Z`)
  if (own === undefined) return []
  const day = 24 * 3_600_000
  const days = [0, -1, 1, -2, 2].map((offset) => signingTime(new Date(own.getTime() + offset * day)).shortDate)
  const dashed = days[0]?.replace(/(....)(..)(..)/, '$1-$2-$3') ?? ''
  return [...new Set([...days, base.date, dashed])].filter((date) => date !== base.scope.date)
}
