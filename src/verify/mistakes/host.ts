import { headerValue, headerValues } from '../../request/header.ts'
import { hostOf } from '../../request/received-request.ts'
import { type Mistake, replaceHeader, type SearchedSituation, type Variant } from './mistake.ts'

export const hostMistakes: readonly Mistake[] = [
  {
    id: 'host-port',
    likelihood: 65,
    cause: 'the port in the signed host is not the one in the Host header',
    fix: 'sign host with the port when it is not the default one (80 for http, 443 for https), and without it when it is',
    variants: portVariants,
  },
  {
    id: 'host-other',
    likelihood: 60,
    cause: 'the request was signed for another host name than the one it arrived at',
    fix: 'sign for the host that the request is sent to, and let proxies pass the Host header on unchanged',
    variants: otherHosts,
  },
]

const usualPorts = ['80', '443', '8080', '8443', '3000', '4566', '8000', '9000']

function portVariants({ request, base }: SearchedSituation): readonly Variant[] {
  const host = headerValue(base.headers.entries, 'host')
  if (host === undefined) return []
  const { name, port } = splitPort(host)
  const authority = splitPort(request.authority ?? '').port
  const ports =
    port === undefined ? [...(authority === undefined ? [] : [authority]), ...usualPorts] : [undefined, ...usualPorts]
  return ports
    .filter((other) => other !== port)
    .map((other) => signedHost(other === undefined ? name : `${name}:${other}`, host))
}

function otherHosts(situation: SearchedSituation): readonly Variant[] {
  const { request, base } = situation
  const host = headerValue(base.headers.entries, 'host') ?? hostOf(request)
  if (host === undefined) return []
  const names = [
    request.authority,
    ...forwardedHosts(situation),
    ...awsHosts(situation),
    host.toLowerCase(),
    `${splitPort(host).name}.`,
    host.replace(/\.$/, ''),
    ...['localhost', '127.0.0.1', '[::1]'].map((name) => host.replace(/^[^:]*|^\[.*\]/, name)),
    'localhost',
    '127.0.0.1',
    `https://${host}`,
    `http://${host}`,
    '',
  ].filter((name) => name !== undefined)
  return [
    ...[...new Set(names)]
      .filter((name) => name !== host && splitPort(name).name !== splitPort(host).name)
      .map((name) => signedHost(name, host)),
    ...bucketMoves(situation, host),
  ]
}

/** What proxies say the client asked for. */
function forwardedHosts({ request }: SearchedSituation): readonly string[] {
  const named = ['x-forwarded-host', 'x-original-host', 'x-forwarded-server', 'x-host']
  const forwarded = headerValues(request.headers, 'forwarded').flatMap(
    (value) => /host="?([^";,]+)/i.exec(value)?.[1] ?? [],
  )
  return [
    ...named.flatMap((name) => headerValues(request.headers, name)).flatMap((value) => value.split(/,\s*/)),
    ...forwarded,
  ]
}

/** The hosts of AWS's own endpoints for this scope, for a request that arrived through another name. */
function awsHosts({ claim, expectation }: SearchedSituation): readonly string[] {
  const regions = [...new Set([claim.scope.region, expectation.region?.value ?? '', 'us-east-1'])].filter(
    (name) => name !== '',
  )
  const services = [...new Set([claim.scope.service, expectation.service?.value ?? ''])].filter((name) => name !== '')
  return services.flatMap((service) => [
    `${service}.amazonaws.com`,
    ...regions.flatMap((region) => [
      `${service}.${region}.amazonaws.com`,
      `${service}-${region}.amazonaws.com`,
      `${service}.dualstack.${region}.amazonaws.com`,
      `${service}-fips.${region}.amazonaws.com`,
      `${service}.${region}.api.aws`,
    ]),
  ])
}

/** S3's two ways to name a bucket: in the host and in the path. */
function bucketMoves(situation: SearchedSituation, host: string): readonly Variant[] {
  const { claim, base } = situation
  if (!claim.scope.service.startsWith('s3')) return []
  const [, bucket = '', rest = '/'] = /^\/([^/]+)(\/.*)?$/s.exec(base.path.path) ?? []
  const firstLabel = host.split('.')[0] ?? ''
  const toPath = awsHosts(situation)
    .concat(host.split('.').slice(1).join('.'))
    .map((name) => moved(name, `/${firstLabel}${base.path.path}`, host))
  if (bucket === '') return toPath
  const toHost = awsHosts(situation)
    .concat(host)
    .map((name) => moved(`${bucket}.${name}`, rest, host))
  const sameBucket = awsHosts(situation).map((name) => signedHost(`${firstLabel}.${name}`, host))
  return [...toPath, ...toHost, ...sameBucket]
}

function moved(name: string, path: string, host: string): Variant {
  const { detail, apply } = signedHost(name, host)
  return {
    detail: `${detail}, with the path ${path}`,
    apply: (draft) => {
      const changed = apply(draft)
      return { ...changed, path: { ...changed.path, path } }
    },
  }
}

function signedHost(name: string, host: string): Variant {
  return { detail: `host was signed as '${name}' and sent as '${host}'`, apply: replaceHeader('host', name) }
}

function splitPort(host: string): { readonly name: string; readonly port: string | undefined } {
  const match = /^(.*?)(?::(\d+))?$/s.exec(host)
  return { name: match?.[1] ?? host, port: match?.[2] }
}
