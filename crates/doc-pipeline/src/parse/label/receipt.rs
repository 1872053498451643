//! Labels of receipts.

use super::Label;

pub(super) const WORDS: super::Words = &[
    (
        Label::ReceiptNumber,
        &[
            "fisno",
            "fisnumarasi",
            "receiptno",
            "fissirano",
            "receiptnumber",
            "billno",
            "belgefisno",
        ],
    ),
    (Label::Time, &["saat", "time", "saati"]),
    (Label::TotalKdv, &["topkdv", "toplamkdv", "kdvtoplam", "kdvtoplami"]),
    (
        Label::Total,
        &[
            "toplam",
            "geneltoplam",
            "total",
            "grandtotal",
            "odenecektutar",
            "netamount",
            "totalamount",
            "top",
            "totalsales",
            "nettotal",
            "totaldue",
            "totalinclgst",
            "totalrounded",
            "roundedtotal",
            "totalrm",
            "totalamt",
            "totalsalesinclusiveofgst",
            "totalsalesinclusivegst",
            "totalinclusiveofgst",
            "totalsalesinclusive",
            "totalinclusivegst",
        ],
    ),
    (
        Label::Payment,
        &[
            "nakit",
            "kredikarti",
            "bankakarti",
            "kredi",
            "cash",
            "card",
            "yemekkarti",
            "visa",
            "mastercard",
            "havale",
            "tutarkredi",
        ],
    ),
];
