//! Labels of despatch notes.

use super::Label;

pub(super) const WORDS: super::Words = &[
    (
        Label::DespatchNumber,
        &[
            "irsaliyeno",
            "irsaliyenumarasi",
            "eirsaliyeno",
            "sevkirsaliyesino",
            "irsaliyeserino",
            "irsaliyesirano",
            "belgeno",
            "belgenumarasi",
            "despatchno",
            "despatchnumber",
            "despatchnoteno",
            "deliverynoteno",
            "deliverynotenumber",
            "deliveryno",
        ],
    ),
    (
        Label::DespatchIssued,
        &["irsaliyetarihi", "eirsaliyetarihi", "irsaliyeduzenlemetarihi", "duzenlenmetarihi"],
    ),
    (
        Label::DespatchDate,
        &[
            "sevktarihi",
            "fiilisevktarihi",
            "fiilisevk",
            "sevkiyattarihi",
            "despatchdate",
            "dispatchdate",
            "deliverydate",
            "shipmentdate",
        ],
    ),
    (
        Label::Carrier,
        &["tasiyici", "tasiyicifirma", "tasiyiciunvani", "nakliyeci", "nakliyefirmasi", "carrier"],
    ),
    (
        Label::Plate,
        &[
            "plaka",
            "plakano",
            "aracplaka",
            "aracplakano",
            "aracplakasi",
            "plakanumarasi",
            "cekiciplaka",
            "dorseplaka",
            "dorseplakasi",
            "vehicleplate",
            "licenseplate",
        ],
    ),
    (
        Label::Driver,
        &[
            "sofor",
            "soforadi",
            "soforadisoyadi",
            "soforbilgileri",
            "surucu",
            "surucuadi",
            "surucuadisoyadi",
            "driver",
            "drivername",
        ],
    ),
];
