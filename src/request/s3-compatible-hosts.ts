/** A whole host name of a service that speaks S3's protocol. */
export interface CompatibleHost {
  readonly pattern: string
  /** Undefined where the host takes no signatures (websites, content delivery). */
  readonly service: string | undefined
  /** What the service expects in a signature, where the host names no region. */
  readonly region: string | undefined
  readonly provider: string
}

/**
 * `PATTERN SERVICE REGION PROVIDER`, path style and virtual-hosted; the first that fits counts. From the providers' own pages,
 * endpoints as rclone's provider list has them (https://github.com/rclone/rclone/tree/master/backend/s3/provider).
 */
export const compatibleRows: readonly string[] = [
  '**.r2.cloudflarestorage.com s3 auto Cloudflare R2',
  '**.s3.{region}.backblazeb2.com s3 - Backblaze B2',
  '**.s3.wasabisys.com s3 us-east-1 Wasabi',
  '**.s3.{region}.wasabisys.com s3 - Wasabi',
  'iam.wasabisys.com iam us-east-1 Wasabi',
  'sts.wasabisys.com sts us-east-1 Wasabi',
  '**.cdn.digitaloceanspaces.com - - DigitalOcean Spaces',
  '**.{region}.digitaloceanspaces.com s3 - DigitalOcean Spaces',
  '**.website-{any}.linodeobjects.com - - Linode',
  '**.{region}.linodeobjects.com s3 - Linode',
  '**.s3.{region}.scw.cloud s3 - Scaleway',
  '**.s3.{region}.io.cloud.ovh.net s3 - OVHcloud',
  '**.s3.{region}.perf.cloud.ovh.net s3 - OVHcloud',
  '**.s3.{region}.cloud.ovh.net s3 - OVHcloud',
  '**.s3.{region}.io.cloud.ovh.us s3 - OVHcloud',
  '**.s3.{region}.perf.cloud.ovh.us s3 - OVHcloud',
  '**.{region}.vultrobjects.com s3 - Vultr',
  '**.fly.storage.tigris.dev s3 auto Tigris',
  '**.t3.storage.dev s3 auto Tigris',
  '**.t3.storageapi.dev s3 auto Tigris',
  '**.storage.googleapis.com s3 auto Google Cloud Storage',
  '**.{region}.cloud-object-storage.appdomain.cloud s3 - IBM Cloud Object Storage',
  '**.{region}.your-objectstorage.com s3 - Hetzner',
  '**.gateway.storjshare.io s3 us-east-1 Storj',
  '**.gateway.{any}.storjshare.io s3 us-east-1 Storj',
  '**.s3.{region}.dream.io s3 - DreamObjects',
  '**.compat.objectstorage.{region}.oraclecloud.com s3 - Oracle Cloud',
  '**.sos-{region}.exo.io s3 - Exoscale',
  '**.obs.{region}.myhuaweicloud.com s3 - Huawei OBS',
  '**.cos.{region}.myqcloud.com s3 - Tencent COS',
  '**.storage.yandexcloud.net s3 ru-central1 Yandex Object Storage',
  '**.s3.filebase.com s3 us-east-1 Filebase',
]

/** The rows of the name's domain, its last two labels. */
export function compatibleHostsOf(name: string): readonly CompatibleHost[] {
  const domain = `.${name.split('.').slice(-2).join('.')} `
  return compatibleRows.filter((row) => row.includes(domain)).map(parseRow)
}

function parseRow(row: string): CompatibleHost {
  const [pattern = '', service, region, ...provider] = row.split(' ')
  return {
    pattern,
    service: service === '-' ? undefined : service,
    region: region === '-' ? undefined : region,
    provider: provider.join(' '),
  }
}
