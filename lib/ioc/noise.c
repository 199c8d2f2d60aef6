/* SPDX-License-Identifier: Apache-2.0 */

/*
 * noise: hosts that every system carries thousands of times because of what
 * formats are named by and certificates point to, and that no attack needs.
 * Hosts that also serve pages to people are not here, but for those that
 * certificates name as the place of their policy. Sorted by host, which a test
 * holds.
 */

#include <string.h>

#include "scan.h"

static const struct noise {
    const char *host;
    const char *reason;
} noises[] = {
    { "aia.entrust.net", "issuer certificate" },
    { "aia.startssl.com", "issuer certificate" },
    { "apps.identrust.com", "issuer certificate" },
    { "c.pki.goog", "revocation list" },
    { "cacerts.digicert.com", "issuer certificate" },
    { "cdp1.public-trust.com", "revocation list" },
    { "cert.int-x3.letsencrypt.org", "issuer certificate" },
    { "certificates.godaddy.com", "issuer certificate" },
    { "certificates.starfieldtech.com", "issuer certificate" },
    { "certs.godaddy.com", "certificate policy" },
    { "certs.starfieldtech.com", "certificate policy" },
    { "cipa.jp", "XML name space" },
    { "commercial.ocsp.identrust.com", "certificate status" },
    { "cps.letsencrypt.org", "certificate policy" },
    { "cps.root-x1.letsencrypt.org", "certificate policy" },
    { "cps.startssl.com", "certificate policy" },
    { "crl.apple.com", "revocation list" },
    { "crl.cacert.org", "revocation list" },
    { "crl.certum.pl", "revocation list" },
    { "crl.chambersign.org", "revocation list" },
    { "crl.comodo.net", "revocation list" },
    { "crl.comodoca.com", "revocation list" },
    { "crl.entrust.net", "revocation list" },
    { "crl.geotrust.com", "revocation list" },
    { "crl.globalsign.com", "revocation list" },
    { "crl.globalsign.net", "revocation list" },
    { "crl.godaddy.com", "revocation list" },
    { "crl.identrust.com", "revocation list" },
    { "crl.microsec.hu", "revocation list" },
    { "crl.microsoft.com", "revocation list" },
    { "crl.netsolssl.com", "revocation list" },
    { "crl.pki.goog", "revocation list" },
    { "crl.pki.wellsfargo.com", "revocation list" },
    { "crl.quovadisglobal.com", "revocation list" },
    { "crl.r2m01.amazontrust.com", "revocation list" },
    { "crl.rootca1.amazontrust.com", "revocation list" },
    { "crl.rootg2.amazontrust.com", "revocation list" },
    { "crl.sectigo.com", "revocation list" },
    { "crl.securesign.net", "revocation list" },
    { "crl.securetrust.com", "revocation list" },
    { "crl.ssl.com", "revocation list" },
    { "crl.starfieldtech.com", "revocation list" },
    { "crl.startssl.com", "revocation list" },
    { "crl.swisssign.net", "revocation list" },
    { "crl.tcs.terena.org", "revocation list" },
    { "crl.thawte.com", "revocation list" },
    { "crl.trustwave.com", "revocation list" },
    { "crl.usertrust.com", "revocation list" },
    { "crl.verisign.com", "revocation list" },
    { "crl.verisign.net", "revocation list" },
    { "crl.xrampsecurity.com", "revocation list" },
    { "crl3.digicert.com", "revocation list" },
    { "crl4.digicert.com", "revocation list" },
    { "crls.pki.goog", "revocation list" },
    { "crls.ssl.com", "revocation list" },
    { "crt.comodoca.com", "issuer certificate" },
    { "crt.r2m01.amazontrust.com", "issuer certificate" },
    { "crt.rootca1.amazontrust.com", "issuer certificate" },
    { "crt.rootg2.amazontrust.com", "issuer certificate" },
    { "crt.sca1b.amazontrust.com", "issuer certificate" },
    { "crt.sectigo.com", "issuer certificate" },
    { "crt.usertrust.com", "issuer certificate" },
    { "csc3-2004-aia.verisign.com", "issuer certificate" },
    { "csc3-2004-crl.verisign.com", "revocation list" },
    { "csc3-2009-2-aia.verisign.com", "issuer certificate" },
    { "csc3-2009-2-crl.verisign.com", "revocation list" },
    { "csc3-2010-aia.verisign.com", "issuer certificate" },
    { "csc3-2010-crl.verisign.com", "revocation list" },
    { "d.symcb.com", "certificate policy" },
    { "data.rel.ro", "ELF section" },
    { "docs.oasis-open.org", "XML name space" },
    { "e1.o.lencr.org", "certificate status" },
    { "evsecure-aia.verisign.com", "issuer certificate" },
    { "evsecure-crl.verisign.com", "revocation list" },
    { "evsecure-ocsp.verisign.com", "certificate status" },
    { "g.symcd.com", "certificate status" },
    { "g1.symcb.com", "revocation list" },
    { "g2.symcb.com", "revocation list" },
    { "gtssl-crl.geotrust.com", "revocation list" },
    { "gv.symcd.com", "certificate status" },
    { "i.pki.goog", "issuer certificate" },
    { "iptc.org", "XML name space" },
    { "isrg.trustid.ocsp.identrust.com", "certificate status" },
    { "java.sun.com", "XML name space" },
    { "json-schema.org", "schema" },
    { "logo.verisign.com", "certificate policy" },
    { "ns.adobe.com", "XML name space" },
    { "ns.camerabits.com", "XML name space" },
    { "ns.google.com", "XML name space" },
    { "ns.microsoft.com", "XML name space" },
    { "ns.useplus.org", "XML name space" },
    { "o.pki.goog", "certificate status" },
    { "ocsp.apple.com", "certificate status" },
    { "ocsp.cacert.org", "certificate status" },
    { "ocsp.certum.pl", "certificate status" },
    { "ocsp.comodo.com", "certificate status" },
    { "ocsp.comodoca.com", "certificate status" },
    { "ocsp.digicert.com", "certificate status" },
    { "ocsp.entrust.net", "certificate status" },
    { "ocsp.geotrust.com", "certificate status" },
    { "ocsp.globalsign.com", "certificate status" },
    { "ocsp.godaddy.com", "certificate status" },
    { "ocsp.identrust.com", "certificate status" },
    { "ocsp.int-x3.letsencrypt.org", "certificate status" },
    { "ocsp.msocsp.com", "certificate status" },
    { "ocsp.netsolssl.com", "certificate status" },
    { "ocsp.omniroot.com", "certificate status" },
    { "ocsp.pki.goog", "certificate status" },
    { "ocsp.pki.google.com", "certificate status" },
    { "ocsp.quovadisglobal.com", "certificate status" },
    { "ocsp.r2m01.amazontrust.com", "certificate status" },
    { "ocsp.rootca1.amazontrust.com", "certificate status" },
    { "ocsp.rootg2.amazontrust.com", "certificate status" },
    { "ocsp.sca1b.amazontrust.com", "certificate status" },
    { "ocsp.sectigo.com", "certificate status" },
    { "ocsp.starfieldtech.com", "certificate status" },
    { "ocsp.startssl.com", "certificate status" },
    { "ocsp.swisssign.net", "certificate status" },
    { "ocsp.thawte.com", "certificate status" },
    { "ocsp.trustwave.com", "certificate status" },
    { "ocsp.usertrust.com", "certificate status" },
    { "ocsp.verisign.com", "certificate status" },
    { "ocsp.ws.symantec.com", "certificate status" },
    { "ocsp2.globalsign.com", "certificate status" },
    { "ocsps.ssl.com", "certificate status" },
    { "oneocsp.microsoft.com", "certificate status" },
    { "pki.goog", "issuer certificate" },
    { "purl.oclc.org", "XML name space" },
    { "purl.org", "XML name space" },
    { "r3.c.lencr.org", "revocation list" },
    { "r3.i.lencr.org", "issuer certificate" },
    { "r3.o.lencr.org", "certificate status" },
    { "rb.symcb.com", "revocation list" },
    { "rb.symcd.com", "certificate status" },
    { "relaxng.org", "XML name space" },
    { "repository.certum.pl", "issuer certificate" },
    { "rpa.symauth.com", "certificate policy" },
    { "s.symcd.com", "certificate status" },
    { "s1.symcb.com", "revocation list" },
    { "s2.symcb.com", "certificate status" },
    { "schema.org", "schema" },
    { "schemas.android.com", "XML name space" },
    { "schemas.dmtf.org", "schema" },
    { "schemas.google.com", "schema" },
    { "schemas.live.com", "schema" },
    { "schemas.microsoft.com", "schema" },
    { "schemas.opengis.net", "schema" },
    { "schemas.openxmlformats.org", "schema" },
    { "schemas.upnp.org", "schema" },
    { "schemas.xmlsoap.org", "XML name space" },
    { "secure.comodo.com", "certificate policy" },
    { "secure.comodo.net", "certificate policy" },
    { "secure.globalsign.com", "issuer certificate" },
    { "secure.globalsign.net", "issuer certificate" },
    { "sf.symcb.com", "revocation list" },
    { "sf.symcd.com", "certificate status" },
    { "sha256timestamp.ws.symantec.com", "time stamp" },
    { "sodipodi.sourceforge.net", "XML name space" },
    { "ssl.trustwave.com", "certificate policy" },
    { "subca.ocsp-certum.com", "certificate status" },
    { "sv.symcb.com", "revocation list" },
    { "sv.symcd.com", "certificate status" },
    { "svrsecure-g2-aia.verisign.com", "issuer certificate" },
    { "svrsecure-g2-crl.verisign.com", "revocation list" },
    { "svrsecure-g3-aia.verisign.com", "issuer certificate" },
    { "svrsecure-g3-crl.verisign.com", "revocation list" },
    { "svrsecure-ocsp.verisign.com", "certificate status" },
    { "sw.symcb.com", "revocation list" },
    { "sw.symcd.com", "certificate status" },
    { "t1.symcb.com", "revocation list" },
    { "tf.symcd.com", "certificate status" },
    { "th.symcb.com", "revocation list" },
    { "timestamp.comodoca.com", "time stamp" },
    { "timestamp.digicert.com", "time stamp" },
    { "timestamp.entrust.net", "time stamp" },
    { "timestamp.globalsign.com", "time stamp" },
    { "timestamp.sectigo.com", "time stamp" },
    { "timestamp.verisign.com", "time stamp" },
    { "ts-aia.ws.symantec.com", "issuer certificate" },
    { "ts-crl.ws.symantec.com", "revocation list" },
    { "ts-ocsp.ws.symantec.com", "certificate status" },
    { "tsa.startssl.com", "time stamp" },
    { "www.certum.pl", "certificate policy" },
    { "www.daisy.org", "XML name space" },
    { "www.digicert.com", "certificate policy" },
    { "www.entrust.net", "certificate policy" },
    { "www.globalsign.com", "certificate policy" },
    { "www.globalsign.net", "certificate policy" },
    { "www.gribuser.ru", "XML name space" },
    { "www.idpf.org", "XML name space" },
    { "www.inkscape.org", "XML name space" },
    { "www.isotc211.org", "XML name space" },
    { "www.oasis-open.org", "XML name space" },
    { "www.openarchives.org", "XML name space" },
    { "www.opengis.net", "XML name space" },
    { "www.purl.org", "XML name space" },
    { "www.quovadisglobal.com", "certificate policy" },
    { "www.springframework.org", "XML name space" },
    { "www.symauth.com", "certificate policy" },
    { "www.usertrust.com", "certificate policy" },
    { "www.w3.org", "XML name space" },
    { "www.xmlpull.org", "XML name space" },
    { "www.xmlsoap.org", "XML name space" },
    { "x1.c.lencr.org", "revocation list" },
    { "x1.i.lencr.org", "issuer certificate" },
    { "xml.apache.org", "XML name space" },
    { "xml.org", "XML name space" },
    { "xmlns.com", "XML name space" },
    { "xmlns.jcp.org", "XML name space" },
    { "xmlpull.org", "XML name space" },
};

enum { NOISE_COUNT = sizeof noises / sizeof *noises };

const char *ioc_noise_host(size_t index)
{
    return index < NOISE_COUNT ? noises[index].host : NULL;
}

const char *ioc_noise_reason(size_t index)
{
    return index < NOISE_COUNT ? noises[index].reason : NULL;
}

/* Its place in the list, counted from 1; 0: it is not there. */
static size_t find(const char *host, size_t length)
{
    size_t low = 0, high = NOISE_COUNT;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(noises[middle].host, host, length);
        if (order == 0 && noises[middle].host[length] == '\0')
            return middle + 1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

const char *noise_reason(const struct scan *scan, const char *host, size_t length)
{
    struct answer *answer = answers_find(scan->answers, QUESTION_NOISE, host, length);
    size_t place = answer && answer->known ? answer->value : find(host, length);

    if (answer) {
        answer->value = (uint16_t)place;
        answer->known = true;
    }
    return place > 0 ? noises[place - 1].reason : NULL;
}
