//! Labels of contracts.

use super::Label;

pub(super) const WORDS: super::Words = &[
    (Label::ContractNumber, &["sozlesmeno", "sozlesmenumarasi", "contractno", "contractnumber"]),
    (
        Label::ContractDate,
        &[
            "sozlesmetarihi",
            "imzatarihi",
            "contractdate",
            "tanzimtarihi",
            "kontrattarihi",
            "duzenlemetarihi",
        ],
    ),
    (
        Label::StartDate,
        &[
            "baslangictarihi",
            "kirabaslangictarihi",
            "baslamatarihi",
            "isebaslamatarihi",
            "startdate",
            "sozlesmebaslangictarihi",
            "kiraninbaslangictarihi",
            "yururluktarihi",
            "effectivedate",
        ],
    ),
    (
        Label::EndDate,
        &[
            "bitistarihi",
            "sozlesmebitistarihi",
            "sonaermetarihi",
            "enddate",
            "kirabitistarihi",
            "expirationdate",
        ],
    ),
    (
        Label::ContractValue,
        &[
            "sozlesmebedeli",
            "toplambedel",
            "hizmetbedeli",
            "satisbedeli",
            "yillikkirabedeli",
            "kirabedeli",
            "aylikkirabedeli",
            "contractvalue",
            "aylikucret",
            "brutucret",
            "aylikbrutucret",
            "yillikkira",
            "aylikkira",
            "sozlesmetutari",
        ],
    ),
];
