/** Whole host names of services that speak S3's protocol, and the region they expect in a signature. */
export interface CompatibleHost {
  readonly provider: string
  readonly pattern: string
  /** Where the host names none. */
  readonly region?: string
  /** Other services of theirs than S3; `none` takes no signatures (websites, content delivery). */
  readonly service?: 'iam' | 'sts' | 'none'
}

/**
 * The first that fits counts; path style and virtual-hosted. From the providers' own pages, endpoints as rclone's provider list
 * has them (https://github.com/rclone/rclone/tree/master/backend/s3/provider).
 */
export const compatibleHosts: readonly CompatibleHost[] = [
  { provider: 'Cloudflare R2', pattern: '**.r2.cloudflarestorage.com', region: 'auto' },
  { provider: 'Backblaze B2', pattern: '**.s3.{region}.backblazeb2.com' },
  { provider: 'Wasabi', pattern: '**.s3.wasabisys.com', region: 'us-east-1' },
  { provider: 'Wasabi', pattern: '**.s3.{region}.wasabisys.com' },
  { provider: 'Wasabi', pattern: 'iam.wasabisys.com', service: 'iam', region: 'us-east-1' },
  { provider: 'Wasabi', pattern: 'sts.wasabisys.com', service: 'sts', region: 'us-east-1' },
  { provider: 'DigitalOcean Spaces', pattern: '**.cdn.digitaloceanspaces.com', service: 'none' },
  { provider: 'DigitalOcean Spaces', pattern: '**.{region}.digitaloceanspaces.com' },
  { provider: 'Linode', pattern: '**.website-{any}.linodeobjects.com', service: 'none' },
  { provider: 'Linode', pattern: '**.{region}.linodeobjects.com' },
  { provider: 'Scaleway', pattern: '**.s3.{region}.scw.cloud' },
  { provider: 'OVHcloud', pattern: '**.s3.{region}.io.cloud.ovh.net' },
  { provider: 'OVHcloud', pattern: '**.s3.{region}.perf.cloud.ovh.net' },
  { provider: 'OVHcloud', pattern: '**.s3.{region}.cloud.ovh.net' },
  { provider: 'OVHcloud', pattern: '**.s3.{region}.io.cloud.ovh.us' },
  { provider: 'OVHcloud', pattern: '**.s3.{region}.perf.cloud.ovh.us' },
  { provider: 'Vultr', pattern: '**.{region}.vultrobjects.com' },
  { provider: 'Tigris', pattern: '**.fly.storage.tigris.dev', region: 'auto' },
  { provider: 'Tigris', pattern: '**.t3.storage.dev', region: 'auto' },
  { provider: 'Tigris', pattern: '**.t3.storageapi.dev', region: 'auto' },
  { provider: 'Google Cloud Storage', pattern: '**.storage.googleapis.com', region: 'auto' },
  { provider: 'IBM Cloud Object Storage', pattern: '**.{region}.cloud-object-storage.appdomain.cloud' },
  { provider: 'Hetzner', pattern: '**.{region}.your-objectstorage.com' },
  { provider: 'Storj', pattern: '**.gateway.storjshare.io', region: 'us-east-1' },
  { provider: 'Storj', pattern: '**.gateway.{any}.storjshare.io', region: 'us-east-1' },
  { provider: 'DreamObjects', pattern: '**.s3.{region}.dream.io' },
  { provider: 'Oracle Cloud', pattern: '**.compat.objectstorage.{region}.oraclecloud.com' },
  { provider: 'Exoscale', pattern: '**.sos-{region}.exo.io' },
  { provider: 'Huawei OBS', pattern: '**.obs.{region}.myhuaweicloud.com' },
  { provider: 'Yandex Object Storage', pattern: '**.storage.yandexcloud.net', region: 'ru-central1' },
  { provider: 'Filebase', pattern: '**.s3.filebase.com', region: 'us-east-1' },
]
