// A bundle of its own, read only when a proxy is set.
export { HttpsProxyAgent } from 'https-proxy-agent'
export { SocksProxyAgent } from 'socks-proxy-agent'
