/* SPDX-License-Identifier: Apache-2.0 */

/* What a stop list and a baseline leave out, and what they leave in. */

#include <stdio.h>
#include <string.h>

#include <fett/ioc_stop.h>

#include "tap.h"

static struct ioc_stop *stop;

static void line(const char *text)
{
    struct error error = ERROR_INIT;

    ok(ioc_stop_add_line(stop, text, strlen(text), &error) == 0, "line \"%s\"", text);
}

static void stops(enum ioc_kind kind, const char *value, bool expected)
{
    ok(ioc_stop_matches(stop, kind, value, strlen(value)) == expected, "%s %s %s",
       ioc_kind_name(kind), value, expected ? "is stopped" : "is not");
}

static void test_lines(void)
{
    stop = ioc_stop_new();
    stops(IOC_DOMAIN, "example.com", false);
    line("# remark");
    line("");
    line("  Example.COM\r\n");
    line("*.below.net");
    line(".suffix.org");
    line("joe@home.example");
    line("http://exact.example/path");
    stops(IOC_DOMAIN, "example.com", true);
    stops(IOC_DOMAIN, "www.example.com", false);
    stops(IOC_DOMAIN, "badexample.com", false);
    stops(IOC_URL, "http://example.com/a", true);
    stops(IOC_URL, "https://user:pw@EXAMPLE.com:8080/a?b#c", true);
    stops(IOC_URL, "http://evil.net/http://example.com/", false);
    stops(IOC_EMAIL, "any@example.com", true);
    stops(IOC_DOMAIN, "below.net", true);
    stops(IOC_DOMAIN, "a.b.below.net", true);
    stops(IOC_DOMAIN, "notbelow.net", false);
    stops(IOC_URL, "ftp://x.suffix.org", true);
    stops(IOC_EMAIL, "joe@home.example", true);
    stops(IOC_EMAIL, "jim@home.example", false);
    stops(IOC_DOMAIN, "home.example", false);
    stops(IOC_URL, "http://exact.example/path", true);
    stops(IOC_URL, "http://exact.example/other", false);
    ioc_stop_free(stop);
}

/* As people write them. */
static void test_spellings(void)
{
    static const char *const bad[] = { "*", ".", "*.", "..." };

    stop = ioc_stop_new();
    line("\xef\xbb\xbf" "first.example\n");
    line("dot.example.");
    line("[2001:db8::5]");
    line("2001:DB8:0:0:0:0:0:6");
    line("fe80::1%eth1");
    line("evil[.]example[.]com");
    line(".below.example.");
    stops(IOC_DOMAIN, "first.example", true);
    stops(IOC_DOMAIN, "dot.example", true);
    stops(IOC_IPV6, "2001:db8::5", true);
    stops(IOC_IPV6, "2001:db8::6", true);
    stops(IOC_URL, "http://[2001:db8::6]:80/", true);
    stops(IOC_IPV6, "2001:db8::7", false);
    stops(IOC_IPV6, "fe80::1%eth1", true);
    stops(IOC_IPV6, "fe80::1%eth0", false);
    stops(IOC_DOMAIN, "evil.example.com", true);
    stops(IOC_DOMAIN, "x.below.example", true);
    stops(IOC_UNC, "\\\\first.example\\share", true);
    stops(IOC_UNC, "\\\\x.below.example@SSL\\share", true);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(ioc_stop_add_line(stop, bad[i], strlen(bad[i]), NULL) != 0, "no value: %s", bad[i]);
    stops(IOC_DOMAIN, "other.example", false);
    ioc_stop_free(stop);
}

static void test_networks(void)
{
    static const char *const bad[] = { "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "fe80::/129" };

    stop = ioc_stop_new();
    line("10.0.0.0/8");
    line("192.0.2.128/25");
    line("203.0.113.7");
    line("2001:db8::/33");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(ioc_stop_add_line(stop, bad[i], strlen(bad[i]), NULL) != 0, "no network: %s", bad[i]);
    stops(IOC_IPV4, "10.255.0.1", true);
    stops(IOC_IPV4, "11.0.0.1", false);
    stops(IOC_IPV4, "192.0.2.127", false);
    stops(IOC_IPV4, "192.0.2.128", true);
    stops(IOC_IPV4, "192.0.2.255", true);
    stops(IOC_IPV4, "203.0.113.7", true);
    stops(IOC_IPV4, "203.0.113.70", false);
    stops(IOC_URL, "http://10.1.2.3:80/x", true);
    stops(IOC_URL, "http://[2001:db8:7fff::1]:80/x", true);
    stops(IOC_URL, "http://[2001:db8:8000::1]/", false);
    stops(IOC_IPV6, "2001:db8::1%eth0", true);
    stops(IOC_UNC, "\\\\10.1.2.3\\c$", true);
    stops(IOC_UNC, "\\\\10.1.2.3@8080\\share\\x", true);
    stops(IOC_UNC, "\\\\11.1.2.3\\10.1.2.3", false);
    line("0.0.0.0/0");
    stops(IOC_IPV4, "198.51.100.1", true);
    stops(IOC_DOMAIN, "host.example", false);
    ioc_stop_free(stop);
}

static void test_baseline(void)
{
    char value[32];
    unsigned wrong = 0;

    stop = ioc_stop_new();
    for (int i = 0; i < 5000; i++) {
        snprintf(value, sizeof value, "host%d.example", i);
        wrong += ioc_stop_add_value(stop, IOC_DOMAIN, value, strlen(value), NULL) != 0;
    }
    for (int i = 0; i < 6000; i++) {
        snprintf(value, sizeof value, "host%d.example", i);
        wrong += ioc_stop_matches(stop, IOC_DOMAIN, value, strlen(value)) != (i < 5000);
        wrong += ioc_stop_matches(stop, IOC_EMAIL, value, strlen(value));
    }
    same_number(wrong, 0, "5,000 values of one kind, and no other kind");
    stops(IOC_URL, "http://host1.example/", false);
    ioc_stop_free(stop);
    ioc_stop_free(NULL);
}

int main(void)
{
    test_lines();
    test_spellings();
    test_networks();
    test_baseline();
    return tap_done();
}
