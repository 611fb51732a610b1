/** All hand-written texts: one file per category and language. */
import { accountAccessDe } from "./account-access.de.ts";
import { accountAccessEn } from "./account-access.en.ts";
import { cancellationDe } from "./cancellation.de.ts";
import { cancellationEn } from "./cancellation.en.ts";
import { complaintDe } from "./complaint.de.ts";
import { complaintEn } from "./complaint.en.ts";
import { contractChangeDe } from "./contract-change.de.ts";
import { contractChangeEn } from "./contract-change.en.ts";
import { damagedGoodsDe } from "./damaged-goods.de.ts";
import { damagedGoodsEn } from "./damaged-goods.en.ts";
import { deliveryDelayDe } from "./delivery-delay.de.ts";
import { deliveryDelayEn } from "./delivery-delay.en.ts";
import { invoiceQuestionDe } from "./invoice-question.de.ts";
import { invoiceQuestionEn } from "./invoice-question.en.ts";
import { maintenanceAppointmentDe } from "./maintenance-appointment.de.ts";
import { maintenanceAppointmentEn } from "./maintenance-appointment.en.ts";
import { paymentFailedDe } from "./payment-failed.de.ts";
import { paymentFailedEn } from "./payment-failed.en.ts";
import { productQuestionDe } from "./product-question.de.ts";
import { productQuestionEn } from "./product-question.en.ts";
import { sparePartsDe } from "./spare-parts.de.ts";
import { sparePartsEn } from "./spare-parts.en.ts";
import { technicalFaultDe } from "./technical-fault.de.ts";
import { technicalFaultEn } from "./technical-fault.en.ts";
import type { CategoryTexts } from "../template.ts";

export const ALL_TEXTS: CategoryTexts[] = [
  accountAccessDe,
  accountAccessEn,
  cancellationDe,
  cancellationEn,
  complaintDe,
  complaintEn,
  contractChangeDe,
  contractChangeEn,
  damagedGoodsDe,
  damagedGoodsEn,
  deliveryDelayDe,
  deliveryDelayEn,
  invoiceQuestionDe,
  invoiceQuestionEn,
  maintenanceAppointmentDe,
  maintenanceAppointmentEn,
  paymentFailedDe,
  paymentFailedEn,
  productQuestionDe,
  productQuestionEn,
  sparePartsDe,
  sparePartsEn,
  technicalFaultDe,
  technicalFaultEn,
];
