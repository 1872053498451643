//! What a person looks at next.

use crate::finding::NextCheck;

pub(super) const fn sentence(check: NextCheck) -> &'static str {
    match check {
        NextCheck::BillsOfMonth => {
            "Bu ayın faturalarını açın: mal ya da hizmet alındı mı, fatura başka döneme ya da başka \
             firmaya mı ait, bir kez mi kaydedildi?"
        }
        NextCheck::DocumentOfEntry => {
            "Kaydın belgesini, sözleşmesini ve onayını isteyin; tutarda hane ya da virgül kayması olup \
             olmadığına bakın."
        }
        NextCheck::ChoiceOfAccount => {
            "Kaydı yapan kişiye işlemin ne olduğunu sorun; hesap yanlışsa düzeltin, doğruysa belgesini \
             dosyaya ekleyin."
        }
        NextCheck::CounterpartyBackground => {
            "Cari kartını, sözleşmeyi ve irsaliyeleri kontrol edin; vergi numarasını doğrulayın."
        }
        NextCheck::CorrectPosting => {
            "Kaydı hesap planına göre düzeltin; KDV beyanı verilmişse düzeltme beyanı gerekip \
             gerekmediğine bakın."
        }
        NextCheck::CompareDocuments => {
            "İki kaydın belgelerini yan yana koyun; aynı belgeyse birini ters kayıtla kapatın ve KDV \
             indirimini düzeltin."
        }
        NextCheck::EntriesBehindDigits => {
            "Listelenen kayıtlardan örnek seçip belgelerini isteyin. Tek başına bir kanıt değildir; \
             yalnızca nereye bakılacağını gösterir."
        }
        NextCheck::ProofOfService => {
            "Sözleşmeyi ve hizmetin verildiğini gösteren belgeleri (rapor, teslim, yazışma) isteyin; \
             ödemenin bankadan yapıldığını kontrol edin."
        }
        NextCheck::WhoAndWhy => {
            "Kaydı kimin, neden o gün yaptığını sorun; banka hareketiyle ve belgesiyle karşılaştırın."
        }
        NextCheck::PaymentsTogether => {
            "Ödemelerin aynı işe ait olup olmadığına bakın; öyleyse toplamı tevsik sınırını aştığı için \
             bankadan ödenmesi gerekirdi (VUK 257). Bu bilgiyi yalnızca yetkili kişilerle paylaşın."
        }
        NextCheck::SupplierReality => {
            "Sevk irsaliyesini, stok girişini ve ödeme belgesini isteyin; mükellefin faaliyetini ve \
             adresini doğrulayın. Bu bilgiyi yalnızca yetkili kişilerle paylaşın."
        }
        NextCheck::TradeBehindRing => {
            "Malın gerçekten el değiştirip değiştirmediğine bakın: irsaliye, stok, ödeme, fiyat. Bu \
             bilgiyi yalnızca yetkili kişilerle paylaşın."
        }
        NextCheck::MissingNumbers => {
            "Eksik numaraları e-belge sağlayıcısında arayın: iptal edilmiş, taslakta kalmış ya da \
             aktarılmamış olabilir; kesilmiş bir fatura eksikse kaydedin."
        }
        NextCheck::KdvOfInvoice => {
            "Faturanın oranlarını ve KDV tutarını belgeden kontrol edin; yanlışsa düzenleyenden \
             düzeltmesini isteyin."
        }
        NextCheck::DateOfDocument => {
            "Belge tarihini kontrol edin; tarih doğruysa ilgili dönemin beyanına etkisine bakın."
        }
    }
}
