/* SPDX-License-Identifier: Apache-2.0 */

/* noise: hosts that stand in files of every clean system. A name ends in one of
 * them to be noise: schemas and name spaces, and where authorities keep lists of
 * revoked certificates. */

#include <string.h>

#include "scan.h"

static const char *const hosts[] = {
    "schemas.microsoft.com", "schemas.xmlsoap.org", "schemas.openxmlformats.org", "www.w3.org",
    "ns.adobe.com", "purl.org", "xmlns.com", "relaxng.org", "docbook.org",
    "crl.microsoft.com", "crl.verisign.com", "ocsp.verisign.com", "crl.thawte.com",
    "ocsp.thawte.com", "crl.globalsign.net", "crl.globalsign.com", "ocsp.globalsign.com",
    "crl.comodoca.com", "ocsp.comodoca.com", "crl.usertrust.com", "ocsp.usertrust.com",
    "crl.entrust.net", "ocsp.entrust.net", "crl3.digicert.com", "crl4.digicert.com",
    "ocsp.digicert.com", "cacerts.digicert.com", "ts-crl.ws.symantec.com",
    "ts-ocsp.ws.symantec.com", "ts-aia.ws.symantec.com",
};

bool is_noise(const char *host, size_t length)
{
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t size = strlen(hosts[i]);
        if (length >= size && memcmp(host + length - size, hosts[i], size) == 0 &&
            (length == size || host[length - size - 1] == '.'))
            return true;
    }
    return false;
}

const char *ioc_noise_host(size_t index)
{
    return index < sizeof hosts / sizeof *hosts ? hosts[index] : NULL;
}
