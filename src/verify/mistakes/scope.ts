import { knownRegions } from '../../request/partition.ts'
import { knownServices } from '../../request/service-names.ts'
import { parseLongDate, signingTime } from '../../sign/signing-time.ts'
import type { ScopeDraft, SigningDraft } from '../signing-draft.ts'
import { changeKey, changeScope, type Mistake, type SearchedSituation, type Variant } from './mistake.ts'

export const scopeMistakes: readonly Mistake[] = [
  {
    id: 'wrong-region',
    likelihood: 64,
    cause: 'the signature is for another region than the one it has to be for',
    fix: "sign for the region of the endpoint, and use the same region in the scope and in the key's derivation",
    variants: otherRegions,
    farVariants: farRegions,
  },
  {
    id: 'wrong-service',
    likelihood: 64,
    cause: 'the signature is for another service than the one it has to be for',
    fix: "sign with the service's signing name, the same in the scope and in the key's derivation",
    variants: otherServices,
    farVariants: farServices,
  },
  {
    id: 'scope-date',
    likelihood: 62,
    cause: 'the scope is of another day than the signing time',
    fix: 'take the day of the scope from the same UTC time that X-Amz-Date says',
    variants: (situation) => otherDays(situation).flatMap((date) => otherScope('date', date, situation.base)),
  },
]

/** Regions that people sign for by habit or by default. */
const usualRegions = [
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 eu-west-1 eu-west-2 eu-central-1 eu-north-1',
  'ap-northeast-1 ap-southeast-1 ap-southeast-2 ap-south-1 sa-east-1',
].flatMap((line) => line.split(' '))

/** Other tools' words for "any". */
const wordsForAny = ['auto', 'default', 'us-standard', 'aws-global', 'global', 'EU', 'US']

/** Signing names, and words taken for one, that are mistaken for one another. */
const usualServices = [
  's3 s3express execute-api apigateway lambda dynamodb sts iam ec2 es aoss sqs sns ses email bedrock bedrock-runtime',
  'iotdata iotdevicegateway aws service',
].flatMap((line) => line.split(' '))

function nearRegions({ expectation }: SearchedSituation): ReadonlySet<string> {
  return new Set([expectation.region?.value ?? '', ...usualRegions])
}

function otherRegions(situation: SearchedSituation): readonly Variant[] {
  if (situation.base.algorithm === 'sigv4a') return []
  return [...nearRegions(situation)].flatMap((region) => otherScope('region', region, situation.base))
}

function farRegions(situation: SearchedSituation): readonly Variant[] {
  if (situation.base.algorithm === 'sigv4a') return []
  const near = nearRegions(situation)
  const others = [...knownRegions(), ...wordsForAny].filter((region) => !near.has(region))
  return others.flatMap((region) => otherScope('region', region, situation.base))
}

function nearServices({ expectation }: SearchedSituation): ReadonlySet<string> {
  return new Set([expectation.service?.value ?? '', ...usualServices])
}

function otherServices(situation: SearchedSituation): readonly Variant[] {
  return [...nearServices(situation)].flatMap((service) => otherScope('service', service, situation.base))
}

function farServices(situation: SearchedSituation): readonly Variant[] {
  const near = nearServices(situation)
  const others = knownServices().filter((service) => !near.has(service))
  return others.flatMap((service) => otherScope('service', service, situation.base))
}

/** The key alone derived for another value, or also the string to sign made with it. */
function otherScope(part: keyof ScopeDraft, value: string, { scope: right }: SigningDraft): readonly Variant[] {
  if (value === right[part]) return []
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
