/** Whether a PEM file names an authority: where there is none, Node trusts nobody, and says so of every server. */
export function holdsCertificate(pem: string): boolean {
  return /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m.test(pem)
}
